"""Several hosts behind nginx, as deploy/ ships them: `make test-deploy`."""
