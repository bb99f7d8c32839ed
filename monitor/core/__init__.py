"""The pure heart: functions of their arguments, without clock, disk, network or database."""
