"""Software with which a Chinese city runs its campaigns for honorary titles."""
