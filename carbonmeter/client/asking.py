"""How a collector is asked: one question, or a list page after page."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from carbonmeter.client.connection import Answer, Connection
from carbonmeter.client.errors import AnswerError

_NEXT: Final = "Next-Cursor"


class Asking:
    """Questions to one collector.

    Args:
        url: Such as http://127.0.0.1:8080.
        token: Of a reader; not needed on the collector's own machine while none was issued.
        options: Of `connection.Connection`: timeout_s, tries, language, wait.

    Raises:
        QuestionError: the address or the token cannot be one.
    """

    def __init__(self, url: str, token: str | None = None, **options: Any) -> None:  # noqa: ANN401
        self._connection = Connection(url=url, token=token, **options)

    def _pages(self, path: str, query: Mapping[str, str | int]) -> Iterator[Answer]:
        """All pages of a list, each asked for when it is needed.

        Raises:
            AnswerError: one leads back to itself.
        """
        cursor: str | None = None
        while True:
            answer = self._connection.get(path, query)
            yield answer
            before, cursor = cursor, answer.headers.get(_NEXT)
            if cursor is None:
                return
            if cursor == before:
                raise AnswerError(path, what=_NEXT)
            query = {**query, "cursor": cursor}
