pytest_plugins = ["pytest_mock429"]
