"""The trackers that sign the contract suite: each adapter on the real thing or a faithful one."""
