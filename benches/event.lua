-- Makes requests for wrk from a template, so that no two events have the same id. After `--`: the template's file and
-- the number of the run. In the template @ID@ is an event id (UUIDv7), @MS@ the time in milliseconds and @UA@ three
-- digits that stand for one of 512 browsers; all three have a fixed width.

local slots = {}
local parts = {}
local run = 0
local counter = 0

function init(args)
  local file = assert(io.open(args[1], "rb"))
  local text = file:read("*a")
  file:close()
  run = tonumber(args[2])
  local rest = 1
  while true do
    local from, to, kind = text:find("@(%u%u)@", rest)
    if not from then
      break
    end
    parts[#parts + 1] = text:sub(rest, from - 1)
    parts[#parts + 1] = ""
    slots[#slots + 1] = { at = #parts, kind = kind }
    rest = to + 1
  end
  parts[#parts + 1] = text:sub(rest)
end

function request()
  local ms = os.time() * 1000
  local time = string.format("%08x-%04x", math.floor(ms / 65536), ms % 65536)
  for i = 1, #slots do
    local slot = slots[i]
    if slot.kind == "ID" then
      counter = counter + 1
      parts[slot.at] = string.format("%s-7%03x-8000-%012x", time, run, counter)
    elseif slot.kind == "MS" then
      parts[slot.at] = string.format("%d", ms)
    else
      parts[slot.at] = string.format("%03d", counter % 512)
    end
  end
  return table.concat(parts)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"duration_us":%d,"p50_us":%d,"p99_us":%d,"status_errors":%d,"socket_errors":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout
  ))
end
