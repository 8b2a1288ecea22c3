"""Write the manifests anew: ``python -m eval.manifest``."""

from eval.cases import write_manifest
from eval.tasks.check import TASK


def main() -> None:
    """Hash every data set as it is."""
    write_manifest(TASK)


if __name__ == "__main__":
    main()
