"""Finding what the demo has on sale."""

from config.demo.acts import Intention, NotReady
from wealth.catalog import queries as catalog
from wealth.catalog.queries import Product


def product_of(wanted: Intention) -> Product:
    found = catalog.by_code(wanted.how)
    if found is None:
        raise NotReady("has nothing to buy")
    return found
