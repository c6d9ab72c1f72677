"""`streamtui serve`: an OpenAI-compatible server whose streams outlive the connections of their readers.

    POST /v1/chat/completions     streamed and not; a streamed answer says `Streamtui-Stream: ID` in its headers
    GET /v1/streams/ID            the same stream again, from its first event, or after `Last-Event-ID: N` (or `?after=N`)
    DELETE /v1/streams/ID         stops it
    GET /v1/models                every provider's models as `provider/model`, the demo's, and recordings as `replay/NAME`

Each event has an `id:`, a number from 1. A stream runs to its end whoever reads it, and is kept for a set time after that:
then it answers 410. 204 says that nothing comes after that event, and 404 that there is no such stream. A request may carry
an `Idempotency-Key`: repeated, it gets the same stream.

`streams` holds a stream in memory, `log` says what keeps it, `sqlite_log` does, `hub` joins the two; `upstream` asks, `reading`
answers, `app` is the routes. FastAPI and uvicorn are imported here alone.
"""
