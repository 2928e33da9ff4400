import socket
import threading

import httpx
import uvicorn

from assistant import Assistant
from assistant.web.leaving import Server
from assistant.web.serving import build_app


def test_a_page_left_open_does_not_keep_the_server_from_stopping(assistant: Assistant) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        # Without a time after which it would stop all the same.
        server = Server(uvicorn.Config(build_app(assistant), log_level="critical"))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/chat/gradio_api/heartbeat/page"
        with httpx.Client(timeout=30) as client, client.stream("GET", address) as stream:
            lines = stream.iter_lines()
            assert next(lines) == "data: ALIVE"
            server.should_exit = True
            assert not any(lines)
        thread.join(30)
        assert not thread.is_alive()
