"""The native client: what a browser cannot do. Knows `rs_server.protocol` and `rs_server.rtc`, nothing else of ours."""
