import { defineRecordings, wireObject, wireTextOrNull } from "call-records/adapter";

export const recordings = defineRecordings({
  name: "recording",
  endpoint: "https://api.example.com",
  hosts: ["*.records.example.com"],
  locate: ({ call }) => ({
    type: "lookup",
    request: { method: "GET", url: `https://api.example.com/calls/${encodeURIComponent(call.id)}/recording` },
  }),
  lookup: {
    responseSchema: wireObject({ address: wireTextOrNull }),
    address: ({ address }) => address,
  },
});
