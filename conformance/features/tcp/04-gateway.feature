Feature: Unit identifiers behind a gateway
  MODBUS Messaging on TCP/IP V1.0b, 3.1.3 and MODBUS Application Protocol V1.1b3, 7.

  @MB-TCP-023 @MUST @R @TG:3.1.3 @AP:7 @needs:absent-unit
  Scenario: MB-TCP-023 Device that is absent
    A request to a routed address where no device answers gets exception 0B.

    When the client reads from the absent address
    Then each answer is exception 0B

  @MB-TCP-024 @MUST @R @TG:3.1.3 @AP:7 @needs:unrouted-unit
  Scenario: MB-TCP-024 Address that is not routed
    A request to an address that the gateway does not route gets exception 0A.

    When the client reads from the unrouted address
    Then each answer is exception 0A

  @MB-TCP-028 @MUST @W @TG:3.1.3 @needs:span125
  Scenario: MB-TCP-028 Largest answer
    A read of 125 registers is answered in a frame of 259 bytes.

    When the client reads 125 holding registers at the readable span
    Then each answer is normal with 250 data bytes
