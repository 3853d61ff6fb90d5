"""What a log may say about an error: texts of errors quote the rows they failed on."""


def place_of(error: BaseException) -> str:
    """Return the kind of an error and the place in our code, and nothing of what it says."""
    trace, place = error.__traceback__, "?"
    while trace is not None:
        code = trace.tb_frame.f_code
        if "warp_hub" in code.co_filename:
            place = f"{code.co_filename.rsplit('warp_hub', 1)[-1].lstrip('/')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {place}"
