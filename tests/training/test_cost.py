from hpsearch.domain.spec import NetworkSpec, TrainingSpec
from hpsearch.training.cost import lanes_per_population, training_products


def test_products_of_the_book_network():
    """Forward and two gradients, but none for the inputs of the first layer."""
    sizes = (784, *(100,) * 6, 10)
    weights = 784 * 100 + 5 * 100 * 100 + 100 * 10
    assert training_products(sizes, rows=400, epochs=50) == (3 * weights - 78400) * 400 * 50


def test_small_networks_share_a_population_and_huge_ones_are_alone():
    network, training = NetworkSpec(), TrainingSpec()
    assert lanes_per_population((64, 50, 10), network, training) == 64
    assert lanes_per_population((4000, 4000, 10), network, training) == 1
