"""The devices that train networks, and the precision of their products."""


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


def set_precision(device: str, dtype: str) -> None:
    """Set whether a GPU rounds factors of float32 products and convolutions to TF32, 10 bits of mantissa.

    torch's own default is TF32 in convolutions and not in products; here ``dtype`` decides for both. A CPU has no TF32.
    """
    import torch

    if device != "cpu":
        torch.set_float32_matmul_precision("high" if dtype == "tf32" else "highest")
        torch.backends.cudnn.allow_tf32 = dtype == "tf32"
