"""What the worker holds, by the handles that it gave."""

from typing import Generic, TypeVar

from ..errors import WorkerError, nearest

T = TypeVar("T")


class Registry(Generic[T]):
    """Objects by handle: kind-1, kind-2, ...; a handle is never given twice."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._held: dict[str, T] = {}
        self._given = 0

    def add(self, value: T) -> str:
        self._given += 1
        handle = f"{self._kind}-{self._given}"
        self._held[handle] = value
        return handle

    def get(self, handle: str) -> T:
        """Raises UnknownHandle; the params' field has the name of the kind."""
        if handle not in self._held:
            raise self._unknown(handle)
        return self._held[handle]

    def remove(self, handle: str) -> T:
        value = self.get(handle)
        del self._held[handle]
        return value

    def items(self) -> list[tuple[str, T]]:
        return list(self._held.items())

    def _unknown(self, handle: str) -> WorkerError:
        if not self._held:
            hint = f"no {self._kind} is held"
        else:
            meant = nearest(handle, self._held)
            hint = f"held: {', '.join(self._held)}" + (f"; did you mean {meant!r}?" if meant else "")
        return WorkerError(
            "UnknownHandle",
            f"there is no {self._kind} {handle!r} ({hint})",
            handle=handle,
            pointer=f"/{self._kind}",
        )
