"""One module for each promise about speed; `./dev bench NAME` runs it and prints the ratio it promises."""
