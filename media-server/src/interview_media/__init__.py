"""The media server: one WebRTC peer per interview, its video sampled for the CPU worker."""

__version__ = "0.1.0"
