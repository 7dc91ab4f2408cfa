"""Print the OpenAPI document: `python -m interview_api.openapi`. No service is needed."""

import json
import sys

from interview_api.app import describe_app


def main() -> None:
    json.dump(describe_app().openapi(), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
