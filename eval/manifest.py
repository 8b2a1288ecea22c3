"""Write the manifests anew: ``python -m eval.manifest [task …]``."""

import sys

from eval.cases import dataset_tasks, write_manifest


def main() -> None:
    """Hash every data set as it is, or those of the tasks named."""
    for task in sys.argv[1:] or dataset_tasks():
        write_manifest(task)


if __name__ == "__main__":
    main()
