"""What is remembered of texts is bounded in number and in length."""

from app.language.remember import MOST, remembered


def test_few_and_short_texts_are_remembered() -> None:
    read: list[str] = []

    @remembered
    def ask(text: str) -> int:
        read.append(text)
        return len(text)

    assert [ask("火灾"), ask("火灾")] == [2, 2]
    assert read == ["火灾"]
    long = "长" * 2000
    assert [ask(long), ask(long)] == [2000, 2000]
    assert read == ["火灾", long, long]
    for number in range(MOST):
        ask(str(number))
    ask("火灾")
    assert read.count("火灾") == 2
