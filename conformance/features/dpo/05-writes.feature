Feature: What the block does not take
  Each write is refused whole. What is written is what the register holds, or a value that asks nothing of the shelf.

  @DPO-WRT-001 @MUST @N @DPO:REQ-PDU-08
  Scenario: DPO-WRT-001 No read-only register takes a write
    Function 16 with the words that it reads is refused with exception 02 by each read-only register of the block.

    When the client writes to each read-only register of the block what it reads
    Then each of them refused with exception 02

  @DPO-WRT-002 @MUST @W @DPO:REQ-PDU-11 @DPO:REQ-PDU-10
  Scenario: DPO-WRT-002 Half a set point
    Under the lease, one word of a set point of two words, of its shadow and of event_until is refused with exception 02,
    the first and the second, by function 06 and by 16. Nothing of it shows.

    Given the client holds the lease for 30 s
    When the client reads the set points and their shadows
    And the client writes each half of each long register that it may write
    Then each of them refused with exception 02
    And the set points and their shadows read as before
    And the lease is given back

  @DPO-WRT-003 @MUST @W @DPO:REQ-PDU-10
  Scenario: DPO-WRT-003 Over the border
    Under the lease, a write that begins with a set point and goes on into the read-only register behind it is refused
    whole with exception 02, as is one of the lease that goes on into lease_holder. No set point is in force, and the lease is as it was.

    Given the client holds the lease for 30 s
    When the client writes each set point together with the register behind it, and the lease with its holder
    Then each of them refused with exception 02
    And no set point is in force
    And the lease is as it was
    And the lease is given back

  @DPO-WRT-004 @MUST @W @DPO:REQ-BLK-03
  Scenario: DPO-WRT-004 Capabilities that are not claimed
    Under the lease, a write to each register whose capability flag is clear is refused with exception 04 and the result
    refused_capability, and the register reads as before.

    Given the client holds the lease for 30 s
    When the client writes to each register whose capability is not claimed
    Then each of them refused with exception 04, with the result refused_capability where it is told
    And the lease is given back

  @DPO-WRT-005 @MUST @W @DPO:REQ-PAS-06 @needs:supply
  Scenario: DPO-WRT-005 Supplies under the lease
    While the lease is held, a write to the output voltage set point of a supply behind the gateway is refused with
    exception 04, on the connection that holds the lease, too. The value written is the one that is there.

    Given the client holds the lease for 30 s
    When the client writes to the voltage set point of each supply what it reads
    Then each answer is exception 04
    And the lease is given back
