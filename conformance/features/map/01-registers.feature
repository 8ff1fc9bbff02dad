Feature: Every register of the map
  Read register by register; what is expected comes from the machine-readable map.

  @MAP-001 @MUST @R @MAP
  Scenario: MAP-001 Each register alone
    Each mandatory register is answered with its declared length; optional ones answer whole or exception 02.

    When the client reads each declared register alone
    Then each mandatory register was answered with its declared length

  @MAP-002 @MUST @R @MAP
  Scenario: MAP-002 Each span of neighbours
    Neighbouring registers read in one request as they read alone.

    When the client reads each declared register alone
    Then each span of neighbours reads as its registers do alone

  @MAP-003 @MUST @R @MAP
  Scenario: MAP-003 Encoding
    Each value decodes by its type; text is printable ASCII up to its end.

    When the client reads each declared register alone
    Then each value decodes by its declared type

  @MAP-004 @MUST @R @MAP
  Scenario: MAP-004 Limits
    Each value lies inside the limits of the map, or inside what any power shelf can show where the map states none.

    When the client reads each declared register alone
    Then each value lies inside the limits of the map

  @MAP-005 @MUST @R @MAP @needs:enums
  Scenario: MAP-005 Enumerations
    Each enumeration holds a declared symbol.

    When the client reads each declared register alone
    Then each enumeration holds a declared symbol

  @MAP-006 @MUST @R @MAP @needs:flags
  Scenario: MAP-006 Reserved bits
    The reserved bits of each flags register read 0.

    When the client reads each declared register alone
    Then the reserved bits of each flags register are 0

  @MAP-007 @MUST @R @MAP
  Scenario: MAP-007 Constants
    Constant registers read the same each time. (The part after a reset needs class D and is not run.)

    When the client reads each constant register 10 times
    Then each held the same value each time

  @MAP-016 @MUST @R @MAP @needs:write-only
  Scenario: MAP-016 Registers that only take writes
    A read of a write-only or command register answers zeros or exception 02.

    When the client reads each register that only takes writes
    Then each answer is exception 02 or zeros
