Feature: Read Holding Registers (function 03)
  MODBUS Application Protocol V1.1b3, 6.3: quantity first, then address, then the data.

  @MB-PDU-001 @MUST @R @AP:6.3
  Scenario: MB-PDU-001 Read one register
    Function 03 for one readable register is answered with byte count 2 and two data bytes.

    When the client reads 1 holding register at a readable address
    Then each answer is normal with 2 data bytes

  @MB-PDU-002 @MUST @R @AP:6.3 @needs:span125
  Scenario: MB-PDU-002 Read 125 registers
    The largest quantity of the protocol is answered with byte count 250, a PDU of 252 bytes.

    When the client reads 125 holding registers at the readable span
    Then each answer is normal with 250 data bytes

  @MB-PDU-003 @MUST @R @AP:6.3
  Scenario: MB-PDU-003 Read no register
    Quantity 0 is refused with exception 03.

    When the client reads 0 holding registers at a readable address
    Then each answer is exception 03

  @MB-PDU-004 @MUST @R @AP:6.3
  Scenario: MB-PDU-004 Read 126 registers
    Quantity 126 is refused with exception 03.

    When the client reads 126 holding registers at a readable address
    Then each answer is exception 03

  @MB-PDU-005 @MUST @R @AP:6.3
  Scenario: MB-PDU-005 Read 65535 registers
    Quantity 0xFFFF is refused with exception 03.

    When the client reads 0xFFFF holding registers at a readable address
    Then each answer is exception 03

  @MB-PDU-006 @MUST @R @AP:6.3
  Scenario: MB-PDU-006 Read an unmapped register
    One unmapped register is refused with exception 02.

    When the client reads 1 holding register at an unmapped address
    Then each answer is exception 02

  @MB-PDU-007 @MUST @R @AP:6.3 @AP:7
  Scenario: MB-PDU-007 Read over the end of the map
    A span that begins at the last mapped address and ends behind it is refused whole with exception 02.

    When the client reads 2 holding registers at the last mapped address
    Then each answer is exception 02

  @MB-PDU-008 @MUST @R @AP:6.3 @AP:4.4
  Scenario: MB-PDU-008 Read over the end of the address space
    Two registers at FFFF are refused with exception 02 and do not wrap to 0000.

    When the client reads 2 holding registers at address FFFF
    Then each answer is exception 02

  @MB-PDU-009 @MUST @R @AP:6.3
  Scenario: MB-PDU-009 Wrong quantity and wrong address at once
    The quantity is checked first: exception 03. Exception 02 is tolerated (note N3 of the catalogue).

    When the client reads 126 holding registers at an unmapped address
    Then each answer is exception 03, while 02 is tolerated

  @MB-PDU-010 @MUST @R @AP:6.3 @needs:hole
  Scenario: MB-PDU-010 Read across a hole of the map
    A span over a hole is refused with exception 02, or filled with zeros if the map declares the hole readable; the same each time.

    When the client reads across a hole of the map 5 times
    Then each answer is what the map says about the hole

  @MB-PDU-011 @MUST @R @AP:4.2 @needs:known-value
  Scenario: MB-PDU-011 Byte order inside a register
    A register with a known value is sent with the high byte first.

    When the client reads a register whose value is known
    Then the high byte of each word comes first

  @MB-PDU-031 @MUST @R @AP:6.3 @DPO @needs:wide
  Scenario: MB-PDU-031 Read half of a long register
    The first word of a register of several words is answered as in the whole register, or refused with exception 02; the same each time.

    When the client reads a register of several words in whole, then its first word 5 times
    Then the answer to each request is the data asked for, or exception 02 each time
