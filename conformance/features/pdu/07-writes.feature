Feature: Writes that are accepted
  MODBUS Application Protocol V1.1b3, 6.6 and 6.12. The value written is the value that is there.

  @MB-PDU-016 @MUST @W @AP:6.6 @needs:fc06 @needs:writable
  Scenario: MB-PDU-016 Write one register
    Function 06 with the value that the register holds is answered with an echo to the byte.

    Given the client keeps the value of a writable register
    When the client writes the same value with function 06
    Then each answer repeats the request to the byte
    And the value is unchanged

  @MB-PDU-020 @MUST @W @AP:6.12 @needs:fc10 @needs:writable
  Scenario: MB-PDU-020 Write one register with function 16
    The answer repeats start address and quantity in a PDU of 5 bytes.

    Given the client keeps the value of a writable register
    When the client writes the same value with function 16
    Then the answer repeats address and quantity
    And the value is unchanged

  @MB-PDU-028 @MUST @W @AP:6.12 @DPO @needs:fc10 @needs:mixed
  Scenario: MB-PDU-028 Write a writable and a read-only register at once
    A span that holds a read-only register is refused whole: no register of it changes.

    Given the client keeps the values of a writable register and its read-only neighbour
    When the client writes both at once
    Then the write is refused and the value is unchanged

  @MB-PDU-030 @MUST @W @AP:6.12 @DPO @needs:fc06 @needs:wide-writable
  Scenario: MB-PDU-030 Write half of a long register
    One word of a register of two words is refused with exception 02 (03 and 04 are tolerated); the value is never torn.

    Given the client keeps the value of a writable register of two words
    When the client writes its first word alone
    Then the write is refused and the value is unchanged
