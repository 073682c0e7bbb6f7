"""The devices that networks can train on here."""


def require_device(device: str) -> None:
    """Refuse a device that this machine does not have.

    Raises
    ------
    OSError
        With the devices that there are.
    """
    import torch

    present = ["cpu", *(f"cuda:{number}" for number in range(torch.cuda.device_count()))]
    if device not in present and not (device == "cuda" and len(present) > 1):
        raise OSError(
            f"device = {device} is not on this machine, which has {', '.join(present)}: device=cpu works everywhere"
        )
