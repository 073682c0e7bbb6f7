"""scikit-learn's classes and those of the same interface: found by name, put together, and their facts.

scikit-learn is loaded when a study that names a class is planned or trained, not when results are read.
"""
