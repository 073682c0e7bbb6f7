"""Convolutional networks of the ``convnet`` family trained in compiled code, one member a call, on a CPU.

The images of a mini-batch lie side by side in the lanes of the processor's vectors. Values are [groups, channels,
height + 2, width + 2, LANES], with a border of zeros around each image. So every loop is over whole vectors, however
few channels there are. Lanes that the last group does not fill have no part in statistics, and no gradient.

Axes: G groups of images, C channels (I of a layer's inputs, O of its outputs), L lanes.
"""
