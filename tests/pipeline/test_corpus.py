"""Two thousand texts of models, gateways and proxies: how many are read, and no lie among them."""

from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.chain.task import Reply
from custom_components.eyewitness.pipeline.answer import Answer, read

from .corpus import Case
from .corpus.generated import by_hand, cases

READ_BEFORE = 0.363
"""The share that was read rightly before the reader knew any of these kinds."""


def _outcome(case: Case) -> Answer | Failure:
    try:
        return read(Reply(text=case.text, model="m", structured=case.structured))
    except ProviderError as err:
        return err.failure


def _is_right(case: Case, outcome: Answer | Failure) -> bool:
    if isinstance(case.want, Failure) or isinstance(outcome, Failure):
        return outcome is case.want
    facts = (outcome.objects, outcome.confidence, outcome.importance)
    stated = (case.objects, case.confidence, case.importance)
    return outcome.description == case.want and (case.objects is None or facts == stated)


def test_the_share_that_is_read_rightly() -> None:
    """Every text is, and nothing that is no answer is told to a person."""
    corpus = cases()
    assert len(corpus) >= 2000
    assert len(by_hand()) >= 1000
    assert len({case.kind for case in corpus}) >= 20
    outcomes = [(case, _outcome(case)) for case in corpus]
    lies = [
        pair
        for pair in outcomes
        if isinstance(pair[0].want, Failure) and isinstance(pair[1], Answer)
    ]
    wrong = [pair for pair in outcomes if not _is_right(*pair)]
    print(f"read rightly: {1 - len(wrong) / len(corpus):.1%}, before: {READ_BEFORE:.1%}")  # noqa: T201
    assert lies == []
    assert wrong == []
