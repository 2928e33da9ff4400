"""Where documents come from: each place yields what it holds, to be read one by one."""
