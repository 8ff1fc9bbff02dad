Feature: Writes that the map does not allow
  The value written to a read-only register is the one it holds.

  @MAP-012 @MUST @W @MAP @needs:limited @needs:fc10
  Scenario: MAP-012 Values outside the limits
    A write just outside the limits is refused with exception 03 or 04 and changes nothing.

    When the client writes to each limited register a value just outside its limits
    Then each write is refused with exception 03 or 04

  @MAP-015 @MUST @N @MAP @needs:fc10
  Scenario: MAP-015 Read-only registers
    A write to a read-only register is refused; exception 02 is recommended.

    When the client writes to each read-only register the value that it holds
    Then each write is refused
