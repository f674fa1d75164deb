"""In the place of mlflow: as where it is not installed."""

raise ImportError("no mlflow")
