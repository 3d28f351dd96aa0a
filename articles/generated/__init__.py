"""Articles in any number for benchmarks and load tests; see ``manage.py generate_articles``."""
