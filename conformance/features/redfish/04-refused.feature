Feature: Redfish, writes that are refused

  @RF-030 @MUST @N @RF:7+
  Scenario: RF-030 A body that is no JSON object
    Status 400 with an error object for cut JSON, an array and an empty object; the set point is what it was.

    Given the control of the shelf's input power
    When it is written with the bodies "{", "[]" and "{}"
    Then each answer is 400 with an error object
    And the set point is unchanged

  @RF-031 @MUST @N @RF:7+
  Scenario: RF-031 A property that does not exist
    Status 400 with PropertyUnknown, also beside a good one; then nothing is written.

    Given the control of the shelf's input power
    When it is written with a good set point and a property that does not exist
    Then the answer is 400 with the message PropertyUnknown
    And the set point is unchanged

  @RF-032 @MUST @N @RF:7+
  Scenario: RF-032 A property that cannot be written
    Status 400 with PropertyNotWritable.

    Given the control of the shelf's input power
    When its Name is written
    Then the answer is 400 with the message PropertyNotWritable
    And the set point is unchanged

  @RF-033 @MUST @N @RF:7+
  Scenario: RF-033 A set point of the wrong type
    Status 400 with PropertyValueTypeError; a number in a text is no number.

    Given the control of the shelf's input power
    When its set point is written as a text
    Then the answer is 400 with the message PropertyValueTypeError
    And the set point is unchanged

  @RF-034 @MUST @N @DPO
  Scenario: RF-034 A set point outside the range
    Status 400 with PropertyValueOutOfRange that names the property; it is refused and not clipped.

    Given the control of the shelf's input power
    When its set point is written 1 W above its largest value
    Then the answer is 400 with the message PropertyValueOutOfRange
    And the set point is unchanged

  @RF-035 @MUST @N @RF:6.5+
  Scenario: RF-035 A write with a stale tag
    Status 412, and nothing is written, whatever the body says.

    Given the control of the shelf's input power
    When its set point is written with a tag that is not its own
    Then the answer is 412
    And the set point is unchanged
