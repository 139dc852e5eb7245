"""What a picture dictates to a model is words on Home Assistant's pages, and nothing else."""

import json
from random import Random
from urllib.parse import urlsplit

from playwright.async_api import Page, Request, expect

from custom_components.eyewitness.chain.text import clean
from tests.e2e.visit import BROWSER, Visit
from tests.harness.loop import on_loop
from tests.hostile_texts import HOST, HOSTILE
from tests.readme import dashboard

pytestmark = BROWSER

DASHBOARD = "hostile"
FOUND = """root => {
    const acts = 'img, video, audio, iframe, object, svg, ha-alert, ha-qr-code, ha-icon';
    const deep = node => [node, ...node.children, ...(node.shadowRoot?.children ?? [])].flatMap(
        (each, index) => index ? deep(each) : [each]);
    return deep(root).filter(each => each.closest('ha-markdown-element')).filter(each =>
        each.matches(acts) || (each.matches('a[href]') && each.host !== location.host)
    ).map(each => each.outerHTML);
}"""
"""All below an element, shadows included, in which a page of markdown acts."""


def readme_card() -> dict[str, object]:
    """Return the markdown card that the README recommends."""
    (card,) = [card for card in dashboard()["cards"] if card["type"] == "markdown"]
    return dict(card)


async def acting(page: Page, selector: str) -> list[str]:
    """Return what is more than words in the one element that the selector names."""
    found: list[str] = await page.locator(selector).evaluate(FOUND)
    return found


@on_loop
async def test_hostile_texts_are_words_on_every_page(owner: Visit) -> None:
    """The README's card, notifications and media fetch nothing, link nowhere and draw no box."""
    page, api = owner.page, owner.hass.api
    foreign: list[str] = []

    def note(request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(owner.hass.url).netloc:
            foreign.append(request.url)

    page.on("request", note)
    await page.route(f"**://{HOST}/**", lambda route: route.abort())
    await api.ws(
        "lovelace/dashboards/create", url_path=f"a-{DASHBOARD}", title=DASHBOARD, mode="storage"
    )
    await api.ws(
        "lovelace/config/save",
        url_path=f"a-{DASHBOARD}",
        config={"views": [{"cards": [readme_card()]}]},
    )
    await owner.describe()
    await page.goto(f"/a-{DASHBOARD}")
    card = page.locator("hui-markdown-card")
    for number, text in enumerate(HOSTILE):
        answer = {"title": text, "description": f"{text} Number {number} it is."}
        await owner.vendors.fail("openai", "answer", text=json.dumps(answer))
        seen = await owner.describe()
        await expect(card).to_contain_text(f"Number {number} it is")
        assert await acting(page, "hui-markdown-card") == [], text
        await api.call(
            "persistent_notification.create",
            {
                "title": seen["title"],
                "message": f"{seen['description']}\n\n{seen['title']}",
                "notification_id": f"hostile_{number}",
            },
        )
    await page.goto("/media-browser/browser")
    for folder in ("Eyewitness", "Front door", "202"):
        await page.locator("ha-media-player-browse ha-card", has_text=folder).first.click()
    newest = page.locator("ha-media-player-browse .title").first
    await expect(newest).to_contain_text(seen["title"])
    await page.goto(f"/a-{DASHBOARD}")  # the media browser still draws, and may lose a click
    await expect(card).to_contain_text(f"Number {len(HOSTILE) - 1} it is")
    await page.get_by_text("Notifications").click()
    drawer = page.locator("notification-drawer")
    await expect(drawer).to_contain_text(f"Number {len(HOSTILE) - 1} it is")
    assert await acting(page, "notification-drawer") == []
    assert [url for url in foreign if not url.startswith(("data:", "blob:"))] == []

    # The same texts as they came: or the test above could not fail.
    await api.call(
        "persistent_notification.create",
        {"message": "\n\n".join(HOSTILE), "notification_id": "as_they_came"},
    )
    await expect(drawer.locator("ha-alert")).not_to_have_count(0)
    assert len(await acting(page, "notification-drawer")) > len(HOSTILE) / 2
    await page.wait_for_timeout(500)
    assert foreign


PIECES = (
    *("https://", "http", "://", "//", "www.", "ww", "w.", "ftp", ":", "/", f"{HOST}", f"//{HOST}"),
    *("[", "]", "(", ")", "](", "[a]", "!", "[!", "NOTE]", "> ", ">", "# ", "- ", "1. ", "- [x] "),
    *(
        "<",
        "<img src=x",
        "<a href=x",
        "</",
        "<!--",
        "-->",
        "<?",
        "&lt;",
        "&amp;",
        "&#91;",
        "&",
        ";",
    ),
    *(
        "\\",
        "`",
        "```",
        "~~~",
        "**",
        "_",
        "a@",
        "@",
        "mailto:",
        "xmpp:",
        "\u200d",
        "\u00ad",
        " ",
        "\n",
    ),
    *("a", "'", '"', "=", "|", "{{", "*"),
)


@on_loop
async def test_no_mixture_of_signs_acts(owner: Visit) -> None:
    """Two thousand random texts, at the beginning of a line and after other words."""
    page, chance = owner.page, Random(6)
    raw = ["".join(chance.choices(PIECES, k=chance.randint(2, 14))) for _ in range(2000)]
    await page.goto("/config/logs")
    await owner.hass.api.call("persistent_notification.create", {"message": "It is loaded"})
    await page.get_by_text("Notifications").click()
    await expect(page.locator("notification-drawer ha-markdown")).not_to_have_count(0)

    async def rendered(texts: list[str]) -> list[str]:
        found: list[str] = await page.evaluate(
            f"""async texts => {{
                const root = document.body.appendChild(document.createElement('div'));
                for (const content of texts) {{
                    const each = document.createElement('ha-markdown');
                    Object.assign(each, {{content, breaks: true}});
                    root.append(each);
                }}
                for (const each of root.children) {{
                    await each.updateComplete;
                    await each.shadowRoot.querySelector('ha-markdown-element').updateComplete;
                }}
                const found = ({FOUND})(root);
                root.remove();
                return found;
            }}""",
            texts,
        )
        return found

    cleaned = [clean(text, 300) for text in raw]
    assert await rendered([f"{text}\n\nSaid: {text}" for text in cleaned]) == []
    assert len(await rendered(raw)) > 100, "or the test above could not fail"
