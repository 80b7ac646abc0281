"""Imported by every Python program that a call under test starts: arms the point that its environment names."""

import os

if "NIANBAO_TEST_KILL" in os.environ:
    from tests.kill_points import POINTS, arm

    arm(POINTS[os.environ["NIANBAO_TEST_KILL"]])
