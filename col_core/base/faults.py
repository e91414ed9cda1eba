"""What is wrong in a file that somebody of the city wrote."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What is wrong in a file. `fatal` says that the file cannot be shown at all."""

    file: Path
    line: int
    message: str
    fatal: bool = True

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"
