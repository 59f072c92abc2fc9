"""The live room where bodies agree shared targets and the allocation rule."""
