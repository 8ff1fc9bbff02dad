#!/usr/bin/env python3
"""A Modbus TCP server with pymodbus on asyncio: 125 holding registers of 0x1234. Prints its port."""

import asyncio
import logging
import warnings

from pymodbus.server import ModbusTcpServer

with warnings.catch_warnings():
    # Deprecated for pymodbus 4; requirements.txt pins the version.
    warnings.simplefilter("ignore")
    from pymodbus.datastore import ModbusDeviceContext, ModbusSequentialDataBlock, ModbusServerContext


async def main():
    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
    # Blocks count from 1.
    device = ModbusDeviceContext(hr=ModbusSequentialDataBlock(1, [0x1234] * 125))
    server = ModbusTcpServer(ModbusServerContext(devices=device, single=True), address=("127.0.0.1", 0))
    await server.listen()
    print(server.transport.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
