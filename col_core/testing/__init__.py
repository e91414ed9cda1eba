"""For the authors of plugins: a pytest plugin, factories, contract suites."""
