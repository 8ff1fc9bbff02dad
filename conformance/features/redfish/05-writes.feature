Feature: Redfish, writes that are taken

  Each case writes the largest set point, which limits nothing, and takes it back at its end.

  @RF-040 @MUST @W @DPO
  Scenario: RF-040 A set point is answered with what is held
    The answer and the next read show the set point, and the control as automatic.

    Given the control of the shelf's input power, with no set point
    When its set point is written to its largest value
    Then answer and next read show the set point
    And the set point is taken back

  @RF-041 @MUST @W @RF:6.5+
  Scenario: RF-041 A write changes the tag
    A write with the present tag is taken; the same tag is stale after it.

    Given the control of the shelf's input power, with no set point
    When its set point is written twice with the same tag
    Then the first write is taken and the second one gets 412
    And the set point is taken back

  @RF-042 @MUST @W @DPO
  Scenario: RF-042 Disabled takes the set point back
    After ControlMode Disabled no set point is shown, and the lease is free for others.

    Given the control of the shelf's input power, with no set point
    When its set point is written to its largest value
    And it is disabled
    Then no set point is shown and nobody holds the lease

  @RF-043 @MUST @W @RF:6.5+
  Scenario: RF-043 Of several writers with one tag one wins
    Four writes with the same tag at once: one gets 200, the others 412, and the control shows the winner's value.

    Given the control of the shelf's input power, with no set point
    When four writers write it at once with the same tag
    Then one is taken, and the control shows its value
    And the set point is taken back
