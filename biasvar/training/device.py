"""The devices available for training networks."""


def require_device(device: str) -> None:
    """Raise for a device that this machine does not have.

    Raises
    ------
    OSError
        With the available devices.
    """
    import torch

    present = ["cpu", *(f"cuda:{number}" for number in range(torch.cuda.device_count()))]
    if device not in present and not (device == "cuda" and len(present) > 1):
        raise OSError(
            f"device = {device} is not on this machine, which has {', '.join(present)}: device=cpu works everywhere"
        )
