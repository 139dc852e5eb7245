from typing import Any

TJPF_RGB: int

class TurboJPEG:
    def decode(
        self,
        jpeg_buf: bytes,
        pixel_format: int = ...,
        scaling_factor: tuple[int, int] | None = None,
        flags: int = 0,
    ) -> Any: ...
