"""What the deploy test needs: an emulated AWS, and stacks of ours in it."""
