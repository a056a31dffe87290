"""Interactive views of `anionx_teach` for JupyterLab."""
