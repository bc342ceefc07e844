-- For wrk, which takes less of the processor than web_load.py: against a running `facepoints serve --workers N`,
-- BODY=photo.jpg wrk -t1 -c32 -d60s -s benchmarks/web_load.lua http://127.0.0.1:8000/v1/faces
wrk.method = "POST"
local file = assert(io.open(assert(os.getenv("BODY"), "set BODY to a JPEG file"), "rb"))
wrk.body = file:read("*a")
file:close()
wrk.headers["Content-Type"] = "image/jpeg"
