from hypothesis import settings

from tests.search.driver_machine import DriverMachine

TestDriverMachine = DriverMachine.TestCase
TestDriverMachine.settings = settings(max_examples=8, stateful_step_count=12, deadline=None)
