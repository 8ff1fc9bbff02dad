#!/usr/bin/env python3
"""An invented ORv3 PSU at address 200 with pymodbus (`pip install pymodbus==3.16.1`): something to try the suite on.

    python3 interop/conformance-devices/pymodbus_psu.py [PORT]
    dpo-conformance run --target tcp://127.0.0.1:PORT --device orv3-psu@200

Prints its port. It knows nothing of this project but the register map.
"""

import asyncio
import logging
import sys

from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from image import image


async def main():
    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
    words = image()
    blocks = []
    for address in sorted(words):
        # One block for each run of addresses: what lies between is refused.
        if address - 1 not in words:
            blocks.append((address, []))
        blocks[-1][1].append(words[address])
    data = [SimData(address, values=values, datatype=DataType.REGISTERS) for address, values in blocks]
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    server = ModbusTcpServer(SimDevice(200, data), address=("127.0.0.1", port))
    await server.listen()
    print(server.transport.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    asyncio.run(main())
